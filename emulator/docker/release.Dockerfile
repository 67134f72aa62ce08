# The image of a release: the programs of its archives, which `.ci/release image` lays out. Nothing is run
# here, so that one machine makes the images of all platforms.
#   docker build -f emulator/docker/release.Dockerfile target/dist/image
FROM scratch
ARG TARGETARCH
COPY --chmod=0755 ${TARGETARCH}/b2c-emulator /b2c-emulator
COPY ${TARGETARCH}/licenses /licenses
COPY --chown=65532:65532 data /data

LABEL org.opencontainers.image.title="b2c-emulator" \
    org.opencontainers.image.description="A local Azure AD B2C that behaves like B2C, offline" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0"
USER 65532:65532
WORKDIR /data
EXPOSE 8400
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["/b2c-emulator", "health"]
ENTRYPOINT ["/b2c-emulator"]
# A container's loopback interface is reached by nobody; publish the port on yours alone.
CMD ["run", "--public", "--no-admin"]
