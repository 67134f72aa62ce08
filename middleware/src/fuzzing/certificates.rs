//! What the operator's files hold.

use crate::certificate::not_after;

/// A certificate in DER.
pub(super) fn certificate(data: &[u8]) {
    let Some(end) = not_after(data) else {
        return;
    };
    // Written by others than those who read it.
    let written = httpdate::fmt_http_date(end.to_system_time());
    let digits = |text: &str| text.replace(':', "");
    let month = MONTHS.iter().position(|month| *month == &written[8..11]);
    let month = month.unwrap_or_default() + 1;
    let (year, day, time) = (&written[12..16], &written[5..7], digits(&written[17..25]));
    let long = format!("{year}{month:02}{day}{time}Z");
    let stands_there = |text: &str| {
        let mut places = data.windows(text.len());
        places.any(|place| place == text.as_bytes())
    };
    assert!(stands_there(&long[2..]), "{long} is nowhere in it");
    for length in 0..data.len() {
        let cut = not_after(&data[..length]);
        assert!(
            cut.is_none_or(|cut| cut == end),
            "cut off it ends otherwise"
        );
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
