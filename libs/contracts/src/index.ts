export { endOnBusyPort } from './end-on-busy-port.js';
export { forwardStatus } from './forward-status.js';
export { grpcClient, grpcServer, type Service } from './grpc-options.js';
export type { Handlers } from './handlers.js';
export {
  INVENTORY,
  type InventoryClient,
  type PackingStep,
  type Reservation,
  type ReserveRequest,
  type StockLevel,
  type StockLine,
  type StockReceipt,
} from './inventory.js';
export { type App, listenHost, portOf } from './listen-address.js';
export {
  type CounterOffer,
  type Delivery,
  type DeliveryLine,
  type Offer,
  type Order,
  type OrderEvent,
  ORDERS,
  type OrdersClient,
  type OrderStatus,
  type PlaceRequest,
} from './orders.js';
export {
  type Bid,
  type ChargeRequest,
  type Payment,
  PAYMENTS,
  type PaymentsClient,
  type PaySupplierRequest,
  type Transfer,
  type Verdict,
} from './payments.js';
