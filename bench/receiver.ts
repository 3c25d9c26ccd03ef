import { OtlpReceiver } from '@shop/otlp';

/** The receiver of the bench, in a process of its own: its CPU is nobody's. */
const receiver = await OtlpReceiver.start({ keep: false });
process.on('message', () => process.send?.({ spans: receiver.spanCount }));
process.on('disconnect', () => process.exit());
process.send?.({ url: receiver.url });
