"""Rows whose entity has no row of its own: they teach nothing of its columns, and a null in the entity's file is still an error."""

import pytest

from specc.diagnostics.errors import SpecError
from specc.driver import Compilation
from specc.run.fitting import fit

SPEC = """rec 1
model Items
schema views {
  user : string -> vocab  @user
  item : int -> vocab  @item
}
schema items(key=item) {
  price : float{maybe} -> {encoder}  @item
}
data {
  views = csv("views.csv")
  items = csv("items.csv")
  split = random(valid=0.25, test=0.25)
}
embeddings { dim=4 }
tower query = @user -> embed -> concat -> dense(4)
tower film  = @item -> embed -> concat -> dense(4)
loss watch = query -> softmax(film)
"""


def fitted(folder, encoder, prices=("2", "4", "9"), maybe=""):
    (folder / "views.csv").write_text("user,item\n" + "".join(f"u{k % 5},{k % 4 + 1}\n" for k in range(40)))
    (folder / "items.csv").write_text("item,price\n" + "".join(f"{k},{price}\n" for k, price in enumerate(prices, 1)))
    path = folder / "items.rec"
    path.write_text(SPEC.replace("{encoder}", encoder).replace("{maybe}", maybe))
    found = fit(Compilation(str(path)))
    train = found.rows.parts["train"]
    return found.encoders.features.chains["price"], train["price"]


@pytest.mark.parametrize("encoder", ["standardize", "log1p -> standardize", "minmax", "quantiles(2) -> embed"])
def test_they_teach_nothing_of_its_columns(encoder, tmp_path):
    chain, prices = fitted(tmp_path, encoder.removesuffix(" -> embed"))
    assert prices.null_count() > 0  # item 4 has no row
    known = prices.drop_nulls()
    last = chain[-1]
    if encoder == "standardize":
        assert last.mean == pytest.approx(known.mean())
        assert last.std == pytest.approx(known.std(ddof=0))
    elif encoder.startswith("log1p"):
        assert last.mean == pytest.approx(known.log1p().mean())
    elif encoder == "minmax":
        assert (last.low, last.high) == (known.min(), known.max())
    else:
        assert last.bounds == pytest.approx([known.quantile(0.5, "linear")])


def test_what_is_filled_is_learned_from(tmp_path):
    chain, prices = fitted(tmp_path, "fill(0) -> standardize", maybe="?")
    assert chain[-1].mean == pytest.approx(prices.fill_null(0).mean())


def test_a_null_in_the_entitys_own_file_is_an_error(tmp_path):
    with pytest.raises(SpecError, match=r"items\.csv"):
        fitted(tmp_path, "standardize", prices=("2", "", "9"))
