# The example app of this workspace; put your own here.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache build-base cmake
WORKDIR /source
COPY . .
RUN cargo build --locked --release -p example-axum-web-app \
    && strip target/release/example-axum-web-app

FROM scratch
COPY --from=build /source/target/release/example-axum-web-app /app
COPY examples/axum-web-app/b2c.toml examples/axum-web-app/emulator-secret.txt /
USER 65532:65532
ENTRYPOINT ["/app"]
