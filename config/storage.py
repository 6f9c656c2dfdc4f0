"""Static files under names that carry their hash, so that a browser may keep them for ever."""
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between JavaScript modules, so that an old module is never mixed with a new one."""

    support_js_module_import_aggregation = True
