"""Positions against published values, there and back, and at each door."""
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grid.coordinates import gcj02_to_wgs84, metres_between, to_wgs84, wgs84_to_gcj02

# Values that the widely used open implementations agree on: WGS-84 lon, lat; GCJ-02 lon, lat.
REFERENCE = [
    (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
    (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
    (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
]


@pytest.mark.parametrize(("lon", "lat", "shifted_lon", "shifted_lat"), REFERENCE)
def test_the_shift_agrees_with_the_published_values(lon, lat, shifted_lon, shifted_lat):
    there = wgs84_to_gcj02(lon, lat)
    back = gcj02_to_wgs84(shifted_lon, shifted_lat)
    assert there == pytest.approx((shifted_lon, shifted_lat), abs=1e-7)
    assert back == pytest.approx((lon, lat), abs=1e-7)


@given(lon=st.floats(74, 134), lat=st.floats(4, 53))
def test_there_and_back_is_the_same_place(lon, lat):
    assert gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)) == pytest.approx((lon, lat), abs=1e-8)


def test_nothing_is_shifted_outside_china():
    assert wgs84_to_gcj02(-104.9903, 39.7392) == (-104.9903, 39.7392)
    assert gcj02_to_wgs84(-104.9903, 39.7392) == (-104.9903, 39.7392)


def test_only_the_gcj02_door_moves_a_position_and_by_some_five_hundred_metres():
    true = (116.1881, 39.9352)
    shifted = wgs84_to_gcj02(*true)
    assert 500 < metres_between(*true, *shifted) < 600
    assert to_wgs84(*true, "wgs84") == true
    assert metres_between(*to_wgs84(*shifted, "gcj02"), *true) < 0.01


def test_an_unknown_datum_is_an_error_and_not_a_guess():
    with pytest.raises(ValueError, match="bd09"):
        to_wgs84(116.18, 39.93, "bd09")


def test_distances_are_in_metres():
    assert metres_between(116.18, 39.93, 116.18, 39.94) == pytest.approx(1112, abs=1)
    assert metres_between(116.18, 39.93, 116.19, 39.93) == pytest.approx(1112 * math.cos(math.radians(39.93)), abs=1)
    assert metres_between(116.18, 39.93, 116.18, 39.93) == 0
