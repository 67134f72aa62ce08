//! Where spans and log lines go.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What has to be finished before the process ends.
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Telemetry {
    /// Log lines go to the standard output, as JSON with the fields of the spans around them; spans to the
    /// collector that `OTEL_EXPORTER_OTLP_ENDPOINT` names, if it does. `RUST_LOG` filters both (default:
    /// `info`).
    ///
    /// # Errors
    ///
    /// When the endpoint is not an address.
    pub fn start() -> Result<Self, ExporterBuildError> {
        let provider = match std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT") {
            Some(_) => Some(provider()?),
            None => None,
        };
        let spans = provider.as_ref().map(|provider| {
            let tracer = provider.tracer(NAME);
            tracing_opentelemetry::layer().with_tracer(tracer)
        });
        let filter = EnvFilter::try_from_default_env();
        tracing_subscriber::registry()
            .with(filter.unwrap_or_else(|_| EnvFilter::new("info")))
            .with(spans)
            .with(tracing_subscriber::fmt::layer().json().flatten_event(true))
            .init();
        Ok(Self(provider))
    }

    /// Sends what is still to be sent.
    pub fn finish(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(%error, "the last spans are lost");
        }
    }
}

fn provider() -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpJson)
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name(NAME).build())
        .with_batch_exporter(exporter)
        .build();
    Ok(provider)
}

const NAME: &str = "example-observed";
