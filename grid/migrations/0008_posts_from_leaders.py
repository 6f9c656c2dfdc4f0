from django.db import migrations
from django.utils import timezone


def posts_from_leaders(apps, schema_editor):
    """The leaders that stood in the grids' own rows begin their posts today."""
    UnitGrid, Post = apps.get_model("grid", "UnitGrid"), apps.get_model("grid", "Post")
    today = timezone.localdate()
    Post.objects.bulk_create(
        Post(unit_grid=grid, role="grid_leader", holder=grid.leader_name, phone=grid.leader_phone or "", since=today)
        for grid in UnitGrid.objects.exclude(leader_name="").defer("shape")
    )


def leaders_from_posts(apps, schema_editor):
    """Today's leaders back into the grids' own rows."""
    for post in apps.get_model("grid", "Post").objects.filter(role="grid_leader", until=None).select_related("unit_grid"):
        post.unit_grid.leader_name, post.unit_grid.leader_phone = post.holder, post.phone
        post.unit_grid.save(update_fields=["leader_name", "leader_phone"])


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0007_posts_and_places'),
    ]

    operations = [
        migrations.RunPython(posts_from_leaders, leaders_from_posts, elidable=True),
    ]
