//! Finds and fills HTML forms, as far as these tests need it.

use std::collections::BTreeMap;

/// A form of a page: where it goes and what its fields hold.
#[derive(Debug)]
pub struct Form {
    pub action: String,
    pub fields: BTreeMap<String, String>,
}

impl Form {
    /// The form that has a control with this id or name.
    pub fn with_control(html: &str, control: &str) -> Option<Self> {
        let wanted = [format!("id=\"{control}\""), format!("name=\"{control}\"")];
        let form = forms(html).find(|form| wanted.iter().any(|wanted| form.contains(wanted)))?;
        Self::read(form, &wanted[0])
    }

    /// The first form of the page.
    #[allow(dead_code, reason = "tests of other packages share this file")]
    pub fn first(html: &str) -> Option<Self> {
        Self::read(forms(html).next()?, "no button is pressed")
    }

    /// Reads what is between a form's tags; the button that is so marked is pressed.
    fn read(form: &str, button_mark: &str) -> Option<Self> {
        let opening = form.split('>').next()?;
        let inputs = form
            .split("<input")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap_or(rest));
        let fields = inputs.filter_map(|input| {
            let name = attribute(input, "name")?;
            Some((name, attribute(input, "value").unwrap_or_default()))
        });
        let mut fields: BTreeMap<_, _> = fields.collect();
        // A pressed button sends its own name and value.
        let buttons = form
            .split("<button")
            .skip(1)
            .map(|rest| rest.split('>').next().unwrap_or(rest));
        for button in buttons.filter(|button| button.contains(button_mark)) {
            if let Some(name) = attribute(button, "name") {
                fields.insert(name, attribute(button, "value").unwrap_or_default());
            }
        }
        Some(Self {
            action: attribute(opening, "action").unwrap_or_default(),
            fields,
        })
    }
}

fn forms(html: &str) -> impl Iterator<Item = &str> {
    html.split("<form")
        .skip(1)
        .map(|rest| rest.split("</form>").next().unwrap_or(rest))
}

/// The target of the link with this id.
pub fn link(html: &str, id: &str) -> Option<String> {
    let links = html
        .split("<a ")
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap_or(rest));
    let mut links = links.filter(|link| link.contains(&format!("id=\"{id}\"")));
    attribute(links.next()?, "href")
}

/// The text of the element with this id.
pub fn text(html: &str, id: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("id=\"{id}\""))?;
    let (_, rest) = rest.split_once('>')?;
    Some(rest.split('<').next()?.trim().to_owned())
}

/// An attribute of the first tag that holds `mark`.
#[allow(dead_code, reason = "tests of other packages share this file")]
pub fn attribute_of(html: &str, mark: &str, name: &str) -> Option<String> {
    let mut tags = html.split('<').map(|tag| format!("<{tag}"));
    let tag = tags.find(|tag| tag.contains(mark))?;
    attribute(tag.split('>').next()?, name)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&amp;", "&")
            .replace("&#x2f;", "/")
            .replace("&#34;", "\"")
            .replace("&#39;", "'"),
    )
}
