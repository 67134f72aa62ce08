use minijinja::{Value, context};

use super::{Pages, frame::frame};
use crate::{
    entra::StsReport,
    protocol::{Language, Report},
    provider::Provider,
    random,
};

impl Pages {
    /// B2C's own error page: three lines, and the correlation id in the source.
    pub(crate) fn error(&self, report: &Report, provider: &Provider) -> String {
        let is_lost = report.fault.is_lost();
        self.report(
            &report.description(),
            &report.correlation_id,
            is_lost,
            provider,
        )
    }

    /// The error page of External ID and Entra ID.
    pub(crate) fn sts_error(
        &self,
        report: &StsReport,
        is_lost: bool,
        provider: &Provider,
    ) -> String {
        self.report(
            &report.description(),
            &report.correlation_id,
            is_lost,
            provider,
        )
    }

    fn report(
        &self,
        description: &str,
        correlation_id: &str,
        is_lost: bool,
        provider: &Provider,
    ) -> String {
        let lines: Vec<&str> = description.lines().collect();
        let (message, details) = lines
            .split_first()
            .map_or(("", &[][..]), |(first, rest)| (*first, rest));
        let page = context! {
            message => message,
            details => details.iter().copied().collect::<Value>(),
            is_lost => is_lost,
        };
        self.render(
            "error.html",
            context! { ..page, ..frame(provider.tenant.short_name(), None, correlation_id) },
        )
    }

    /// The page after a sign-out that leads nowhere, or calls other applications on its way.
    pub(crate) fn signed_out(
        &self,
        language: Language,
        frames: &[String],
        destination: Option<&str>,
        provider: &Provider,
    ) -> String {
        let frame = frame(provider.tenant.short_name(), None, &random::guid());
        let page = context! {
            frames => frames.iter().collect::<Value>(),
            destination => destination,
        };
        self.render_in(language, "signed_out.html", context! { ..page, ..frame })
    }
}
