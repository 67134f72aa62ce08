//! Layers without a network.

use super::provider::Provider;
use crate::guard::BearerLayerBuilder;
use crate::layer::B2cLayerBuilder;
use crate::tokens::AppTokensBuilder;

impl B2cLayerBuilder {
    /// Puts a provider in memory in place of those of the configuration: nothing leaves the process, and
    /// the layer goes by the provider's clock. For tests, with the feature `testing`.
    pub fn offline(self, provider: &Provider) -> Self {
        provider.serves(&self.config.providers);
        self.http_client(provider.clone())
            .clock(provider.clock().clone())
            .discover_at_start(false)
    }
}

impl BearerLayerBuilder {
    /// Puts a provider in memory in place of those of the configuration: nothing leaves the process, and
    /// the layer goes by the provider's clock and accepts its
    /// [`access_token`](Provider::access_token)s. For tests, with the feature `testing`.
    pub fn offline(self, provider: &Provider) -> Self {
        provider.serves_api(&self.config);
        self.http_client(provider.clone())
            .clock(provider.clock().clone())
            .discover_at_start(false)
    }
}

impl AppTokensBuilder {
    /// Puts a provider in memory in place of those of the configuration: nothing leaves the process, and
    /// tokens end by the provider's clock. For tests, with the feature `testing`.
    pub fn offline(self, provider: &Provider) -> Self {
        provider.serves(&self.config.providers);
        self.http_client(provider.clone())
            .clock(provider.clock().clone())
    }
}
