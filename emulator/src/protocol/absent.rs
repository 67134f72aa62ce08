//! The errors of B2C that nobody meets here, and why.

/// A group of codes with the reason why the emulator never answers with them.
pub(crate) struct Absent {
    pub(crate) codes: &'static [u32],
    pub(crate) reason: &'static str,
}

impl Absent {
    /// Every runtime code that is not in the catalogue.
    pub(crate) fn all() -> &'static [Self] {
        &ALL
    }
}

static ALL: [Absent; 13] = [
    Absent {
        codes: &[
            90001, 90002, 90003, 90059, 90060, 90061, 90062, 90063, 90064, 90065, 90149, 90150,
            90177, 90203, 90204, 90223, 90280,
        ],
        reason: "Custom page content: the emulator's pages are its own and load nothing.",
    },
    Absent {
        codes: &[
            90019, 90021, 90023, 90024, 90025, 90026, 90029, 90030, 90031, 90032, 90033, 90034,
            90040, 90041, 90044, 90045, 90049, 90050, 90108, 90124, 90125, 90126, 90127, 90195,
            90196, 90220, 90228, 90256, 90257, 90258, 90259, 90276, 90277, 90288, 99011,
        ],
        reason: "Mistakes in a custom policy's XML: the emulator reads none.",
    },
    Absent {
        codes: &[90027, 90028, 90173, 90192, 90193, 90194, 90286],
        reason: "Settings of a REST or identity provider connector: the emulator calls nobody. \
                 Order AADB2C90075, AADB2C90162, AADB2C90174 or AADB2C90261 instead.",
    },
    Absent {
        codes: &[
            90188, 90189, 90190, 90191, 90219, 90241, 90250, 90274, 90275,
        ],
        reason: "SAML, which the emulator does not speak.",
    },
    Absent {
        codes: &[90016, 90017, 90039],
        reason: "Client assertions of old: AADB2C99027 is said instead.",
    },
    Absent {
        codes: &[90069, 90070, 90071, 90072, 90073, 90109, 90227],
        reason: "Registrations that the portal refuses: here every redirect URI can be registered.",
    },
    Absent {
        codes: &[90078, 90287],
        reason: "Open redirection, which the emulator does not allow; see AADB2C90004, \
                 AADB2C90005 and AADB2C90006.",
    },
    Absent {
        codes: &[90022],
        reason: "Metadata of an unknown policy is a 404 here.",
    },
    Absent {
        codes: &[90036],
        reason: "A sign-out without a place to return to ends on B2C's own page here.",
    },
    Absent {
        codes: &[90052, 90119, 90278],
        reason: "Other words for AADB2C90054, AADB2C90157 and what the forms say themselves.",
    },
    Absent {
        codes: &[
            90152, 90153, 90154, 90155, 90156, 90158, 90159, 90160, 90161,
        ],
        reason: "Faults of the telephone and e-mail services: the emulator plays both on its \
                 pages.",
    },
    Absent {
        codes: &[
            90235, 90236, 90237, 90238, 90239, 90240, 90281, 90282, 90283,
        ],
        reason: "Custom policies that take an ID token or another provider's refresh token as a \
                 claim; for id_token_hint see AADB2C90208 and the like.",
    },
    Absent {
        codes: &[90247, 90248, 90249, 90251, 90260],
        reason: "Restrictions of single tenants and services: nothing in a request or a setting \
                 decides about them.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Fault;

    /// Microsoft's runtime codes, ends of ranges included.
    const KNOWN: [(u32, u32); 32] = [
        (90001, 90019),
        (90021, 90041),
        (90043, 90073),
        (90075, 90088),
        (90090, 90092),
        (90107, 90112),
        (90114, 90115),
        (90117, 90129),
        (90136, 90136),
        (90145, 90146),
        (90149, 90162),
        (90173, 90175),
        (90177, 90177),
        (90182, 90184),
        (90188, 90196),
        (90203, 90206),
        (90208, 90212),
        (90219, 90220),
        (90223, 90229),
        (90232, 90241),
        (90243, 90245),
        (90247, 90251),
        (90255, 90261),
        (90272, 90289),
        (90296, 90296),
        (99001, 99002),
        (99005, 99006),
        (99011, 99011),
        (99013, 99013),
        (99015, 99017),
        (99027, 99027),
        (99059, 99059),
    ];

    #[test]
    fn every_runtime_code_is_met_or_excused() {
        let known: Vec<u32> = KNOWN
            .into_iter()
            .flat_map(|(first, last)| first..=last)
            .collect();
        let mut listed: Vec<u32> = Fault::catalogue().iter().map(Fault::code).collect();
        listed.extend(ALL.iter().flat_map(|absent| absent.codes));
        listed.sort_unstable();
        assert_eq!(listed, known);
    }
}
