"""What the trail calls the acts of the loader; named when the site starts, since the trail is read there."""
LOADED = "demo_loaded"
ENTERED, DISABLED = "demo_people_entered", "demo_people_disabled"
PREPARED, RETIRED = "demo_present_loaded", "demo_present_retired"
NAMES = {
    LOADED: "载入演示数据",
    ENTERED: "录入演示人员",
    DISABLED: "停用演示人员",
    PREPARED: "载入演示在办案件",
    RETIRED: "更换演示在办案件",
}
