import { registerInstrumentations } from './instrumentation/register-instrumentations.js';

registerInstrumentations();
