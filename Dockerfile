# One image for all roles: the role is the command (`docker run sagaline run worker:payments`).
#
# Debian "slim", not Alpine: the core of Temporal's SDK is a native module that is built for glibc only.
# To pin more than a tag can promise, give the digest as well; `docker buildx imagetools inspect <tag>` tells it:
#
#   docker build --build-arg NODE_IMAGE=node:24.21.0-trixie-slim@sha256:<digest> .
ARG NODE_IMAGE=node:24.21.0-trixie-slim

# What the roles need at run time. Optional packages are the tools with which bundles are made, and ours is made below.
# Of the SDK's native core, which comes for all platforms, that of this machine stays.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-*-linux-gnu" -exec rm -r {} +

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json sagaline.config.ts ./
COPY bin ./bin
COPY scripts/build.mjs scripts/sbom.mjs ./scripts/
COPY scripts/package/lazy-exports.mjs ./scripts/package/
COPY src ./src
COPY domains ./domains
COPY workflows ./workflows
COPY activities ./activities
COPY workers ./workers
# What is in the image: dist/sbom.cdx.json (CycloneDX).
RUN node scripts/build.mjs && node bin/sagaline.mjs build && npm run sbom

# Nothing is written here but the provider sandbox's journal, to /data: the root may be read-only.
FROM ${NODE_IMAGE}
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/build ./build
COPY package.json LICENSE ./
# For operators: `docker compose exec console sagaline dead-letters list`.
COPY bin ./bin
# The console shows it.
COPY docs/runbooks.md ./docs/
RUN mkdir /data && chown node:node /data && ln -s /app/bin/sagaline.mjs /usr/local/bin/sagaline
# node's, by number: Kubernetes cannot tell from a name that it is not root (runAsNonRoot).
USER 1000:1000
# In a container of its own nobody calls on loopback, and each role may use the same ports. Publish that of the gateway only:
# HEALTH_PORT has health and metrics.
ENV NODE_ENV=production DATA_DIR=/data GATEWAY_HOST=0.0.0.0 GATEWAY_PORT=8080 HEALTH_HOST=0.0.0.0 HEALTH_PORT=8081
EXPOSE 8080
# By the shell: a check takes 2 ms of processor time, with a Node of its own 85 ms. docker-compose.yml asks more often at the start.
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$HEALTH_PORT && printf 'GET /readyz HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["node", "--enable-source-maps", "bin/sagaline.mjs"]
# Without a role it says which there are.
CMD ["--help"]
