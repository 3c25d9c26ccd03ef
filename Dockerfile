# One image for each service: docker build --build-arg SERVICE=orders .
FROM node:24.21.0-slim AS manifests
WORKDIR /shop
COPY package.json package-lock.json ./
COPY libs/contracts/package.json libs/contracts/
COPY libs/tracing/package.json libs/tracing/
COPY apps/gateway/package.json apps/gateway/
COPY apps/inventory/package.json apps/inventory/
COPY apps/orders/package.json apps/orders/
COPY apps/payments/package.json apps/payments/

FROM manifests AS build
RUN npm ci
COPY tsconfig.json ./
COPY libs libs
COPY apps apps
RUN npm run build

FROM manifests AS production
ARG SERVICE
RUN npm ci --omit=dev --workspace "@shop/$SERVICE"

FROM node:24.21.0-slim
ARG SERVICE
ENV NODE_ENV=production
WORKDIR /shop
COPY --from=production /shop ./
COPY --from=build /shop/libs/tracing/dist libs/tracing/dist
COPY --from=build /shop/libs/contracts/dist libs/contracts/dist
COPY libs/contracts/proto libs/contracts/proto
COPY --from=build /shop/dist/apps/$SERVICE dist/apps/$SERVICE
# CMD knows no build arguments, a folder does.
WORKDIR /shop/dist/apps/$SERVICE
USER node
STOPSIGNAL SIGTERM
CMD ["node", "main.js"]
