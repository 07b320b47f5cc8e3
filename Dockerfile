# One image for both programs: `etcd-ts server …` and `etcd-ts operator …`.
#
#   docker build .                                   builds here, on a Node.js 26 image
#   tools/image.sh                                   without any image registry (base from npm's node)
#
# BASE must provide Node.js 26 on glibc and a POSIX shell. APP is the stage the program comes from:
# `build` makes it in a container, `prebuilt` takes what tools/image.sh laid out in .cache/image.
ARG BASE=docker.io/library/node:26-bookworm-slim
ARG APP=build

# Runs on the builder's own platform; npm picks the native packages of the target's.
FROM --platform=$BUILDPLATFORM ${BASE} AS build
ARG TARGETARCH=amd64
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY tools/bundle.ts tools/
COPY src src
RUN npm run build
WORKDIR /app
RUN cp /build/package.json /build/package-lock.json . \
  && cpu=$([ "$TARGETARCH" = amd64 ] && echo x64 || echo "$TARGETARCH") \
  && npm ci --omit=dev --os=linux --cpu="$cpu" --libc=glibc \
  && find node_modules/@opentelemetry -mindepth 1 -maxdepth 1 ! -name api -exec rm -r {} + \
  && mv /build/dist dist && mkdir data
COPY bin bin

FROM ${BASE} AS prebuilt
COPY .cache/image /app

FROM ${APP} AS app

FROM ${BASE}
COPY --from=app /app /app
COPY --from=app --chown=65532:65532 /app/data /var/lib/etcd
ENV NODE_ENV=production PATH=/app/bin:/usr/local/bin:/usr/bin:/bin
# Numeric, so that Kubernetes can verify runAsNonRoot without a user database.
USER 65532:65532
WORKDIR /var/lib/etcd
EXPOSE 2379 2380 2381
ENTRYPOINT ["/app/bin/etcd-ts"]
CMD ["server"]
