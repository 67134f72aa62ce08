//! What proves, beside a secret, that an application is who it says?

mod algorithm;
mod assertion;
mod certificate;
mod der;
mod federated;
mod problem;
mod public_key;
mod thumbprint;

pub use certificate::{ClientCertificate, InvalidCertificate};
pub use federated::{FederatedCredential, InvalidKeySet, KeySet};

pub(crate) use assertion::{Assertion, Expectation};
pub(crate) use der::rsa_public_key;
pub(crate) use problem::AssertionProblem;
