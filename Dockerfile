# syntax=docker/dockerfile:1
# Sayless in one image: `docker build -t sayless .`

FROM node:20-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpq-dev \
    && rm -rf /var/lib/apt/lists/* \
    && rustup target add wasm32-unknown-unknown
# Node, for the console's style sheet and the wasm optimiser.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
# The console first: the server embeds it. The caches make a second build quick; what is kept is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/cargo-target,sharing=locked \
    export CARGO_TARGET_DIR=/cargo-target \
    && cargo xtask frontend \
    && cargo build --locked --profile dist --package sayless \
    && cp /cargo-target/dist/sayless /usr/local/bin/sayless

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates libpq5 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/sayless sayless
COPY --from=build /usr/local/bin/sayless /usr/local/bin/sayless
USER sayless
# The embedded default keeps its database and its keys here.
WORKDIR /var/lib/sayless
VOLUME /var/lib/sayless
EXPOSE 8080
ENTRYPOINT ["sayless"]
CMD ["serve"]
