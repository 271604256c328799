//! The addresses that deliveries come from, for those who let only known addresses through to their receiver.

use leptos::prelude::*;

use crate::{
    api::webhooks,
    data::load::Load,
    ui::{
        code::copy_labelled,
        erase::{Erase, live},
        load::loaded_within,
    },
};

pub fn addresses() -> AnyView {
    let load = Load::new(webhooks::delivery_addresses);
    let content = {
        let load = load.clone();
        move || {
            let load = load.clone();
            live(move || load.ready().map(|page| shown(page.data.into_iter().map(|it| it.address).collect())))
        }
    };
    view! {
        <details class="panel mt-3 px-4 py-3">
            <summary class="cursor-pointer font-[560]">"Addresses that deliveries come from"</summary>
            <div class="mt-2">{loaded_within(&load, "The addresses", content)}</div>
        </details>
    }
    .erase()
}

fn shown(addresses: Vec<String>) -> AnyView {
    if addresses.is_empty() {
        return view! {
            <p class="muted">
                "The operator of this server has not said which they are. Do not rely on those that you see: verify signatures instead."
            </p>
        }
        .erase();
    }
    let all = addresses.join("\n");
    let each = addresses.into_iter().map(|address| view! { <li class="mono anywhere">{address}</li> });
    view! {
        <p class="muted">"Let these through, where a firewall stands before your receiver. Verify signatures all the same."</p>
        <ul class="my-2">{each.collect_view()}</ul>
        {copy_labelled("Copy addresses", "btn btn-quiet btn-sm", move || all.clone())}
    }
    .erase()
}
