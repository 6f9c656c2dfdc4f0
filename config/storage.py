"""Static files under names that carry their hash, so that a browser may keep them for ever."""
from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the imports between our own JavaScript modules, so that an old one is never mixed with a new one;
    other people's bundles are left alone, since their text only looks like imports."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1])
