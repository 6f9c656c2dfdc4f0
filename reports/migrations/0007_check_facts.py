from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0006_figure_targets'),
    ]

    operations = [
        migrations.AddField(
            model_name='dailyfact',
            name='checks_done',
            field=models.PositiveIntegerField(default=0, verbose_name='已查点位（次）'),
        ),
        migrations.AddField(
            model_name='dailyfact',
            name='checks_planned',
            field=models.PositiveIntegerField(default=0, verbose_name='应查点位（次）'),
        ),
        migrations.AddField(
            model_name='factmark',
            name='checks_until',
            field=models.DateField(blank=True, null=True, verbose_name='点位检查已计到'),
        ),
        migrations.AddField(
            model_name='monthlyfact',
            name='checks_done',
            field=models.PositiveIntegerField(default=0, verbose_name='已查点位（次）'),
        ),
        migrations.AddField(
            model_name='monthlyfact',
            name='checks_planned',
            field=models.PositiveIntegerField(default=0, verbose_name='应查点位（次）'),
        ),
    ]
