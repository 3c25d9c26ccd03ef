export { clientInterceptor as grpcClientInterceptor } from './grpc/client-interceptor.js';
