//! A form that a guard read before it refused the request, for the layer to keep.

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use super::future::refusal;
use crate::challenge::Challenge;
use crate::future::BoxFuture;
use crate::layer::{B2cBody, read_form};

/// Put into a request by the layer: a form of the app's own, without a session, that may be kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MayKeepForm;

/// Put into a response beside its challenge: what was sent.
#[derive(Clone)]
pub(crate) struct PostedForm(pub(crate) Bytes);

/// Reads the form of a request that is not let through; `None` if it is not to be kept. One that is
/// too large, too slow or broken is not.
pub(super) fn read_posted<B>(request: Request<B>) -> Option<BoxFuture<'static, Option<PostedForm>>>
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    request.extensions().get::<MayKeepForm>()?;
    let body = request.into_body();
    Some(Box::pin(async move {
        let form = read_form(body, LARGEST).await;
        form.ok().map(PostedForm)
    }))
}

/// The response of a guard to who has to sign in.
pub(super) fn sign_in_first<B>(
    challenge: Challenge,
    form: Option<PostedForm>,
) -> Response<B2cBody<B>> {
    let mut response = refusal(Some(challenge));
    if let Some(form) = form {
        response.extensions_mut().insert(form);
    }
    response
}

/// Forms of text are far smaller; files are sent in another way.
const LARGEST: usize = 64 * 1024;
