//! Bodies that may be left out: those of a POST that have no required field.

use utoipa::openapi::{OpenApi as Document, RefOr, Required, schema::Schema};

/// Marks the bodies that a caller may leave out.
pub fn declare_optional(document: &mut Document) {
    let Some(components) = &document.components else { return };
    for item in document.paths.paths.values_mut() {
        let Some(RefOr::T(body)) = item.post.as_mut().and_then(|operation| operation.request_body.as_mut())
        else {
            continue;
        };
        let schemas = body.content.values().filter_map(|content| match content {
            RefOr::T(content) => content.schema.as_ref(),
            RefOr::Ref(_) => None,
        });
        let is_optional = schemas.into_iter().all(|schema| {
            let RefOr::Ref(reference) = schema else { return false };
            let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
            match components.schemas.get(name) {
                Some(RefOr::T(Schema::Object(object))) => object.required.is_empty(),
                _ => false,
            }
        });
        if is_optional {
            body.required = Some(Required::False);
        }
    }
}
