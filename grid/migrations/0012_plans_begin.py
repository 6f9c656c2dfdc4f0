from django.db import migrations
from django.utils import timezone


def begin(apps, schema_editor):
    """The plans that stand on the register hold from today on; of the time before, no check was kept."""
    plan = apps.get_model("grid", "CheckPlan")
    sites = apps.get_model("grid", "KeySite").objects.filter(patrol_per_week__gt=0, check_plans__isnull=True)
    today = timezone.localdate()
    plan.objects.bulk_create(
        plan(site=site, since=today, per_week=site.patrol_per_week, check_time=site.check_time)
        for site in sites.only("patrol_per_week", "check_time")
    )


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0011_site_checks'),
    ]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
