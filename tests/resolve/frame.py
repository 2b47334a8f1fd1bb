"""A spec that has one of everything, for tests that put something wrong into it."""

from specc.diagnostics import Diagnostic
from specc.driver import Compilation
from specc.resolve.session import Session
from specc.text import Source

# What a spec can refer to: columns of each kind, a label, an entity, sets, params, blocks, towers, a mixture, heads.
DECLARED = """rec 1
model Everything
schema views {
  user_id  : int    -> vocab        @user @id
  video_id : int    -> vocab        @item @id
  country  : string -> hash(50)     @user
  age      : float  -> standardize  @user
  hour     : int    -> index(24)
  text     : vector(8)              @text
  topics   : bag(string) -> vocab   @item
  past     : seq(int, 5) -> same(video_id)  @past
  clicks   : seq(4) @clicked {
    item : int -> same(video_id)
    ago  : float -> log1p
  }
  seconds  : float
  maybe    : int?
  ts       : time
  name     : string
  late     = ts > "2024-01-01"
  seen     = history(video_id, by=user_id, last=3)
  label click : bool
  label stars : float
}
schema videos(key=video_id) {
  year : int -> standardize  @video
}
embeddings { dim=8 }
embeddings wide { dim=1 }
param width = 16 in 1..64
param text_param = "a"
param flag = true
param widths = [8, 4]
param layer = mlp(8)
param chosen = @user - user_id
block deep(x, w=8) = x -> dense(w, activation=relu)
shared twin(x) = x -> dense(8)
tower x = [user_id, country] -> embed -> concat
tower sequence = past -> embed
tower stacked = [user_id, country] -> embed -> stack
tower record = {click: x, stars: x}
tower listed = [user_id, country] -> embed
tower probability = x -> sigmoid_of
tower item = [video_id -> embed, year] -> concat -> dense(8)
experts mix = x {
  level {
    click : 2 * mlp(8)
    stars : mlp(8)
    gate click = [click, stars]
    gate stars = [stars]
  }
}
head click = mix.click -> logit
head stars = mix.stars -> dense(1)
loss click = bce
loss stars = mse
loss watch = x -> dense(8) -> softmax(video_id)
metrics { click: auc, stars: mae, watch: recall@5 }
""".replace("x -> sigmoid_of", "x -> logit -> sigmoid")


def checked(text: str, sets: dict[str, str] | None = None) -> Compilation:
    """A text that was checked."""
    compilation = Compilation(source=Source("spec.rec", text), sets=sets)
    assert isinstance(compilation.diagnostics, list)
    return compilation


def mistakes(text: str, sets: dict[str, str] | None = None) -> list[Diagnostic]:
    """The diagnostics of a text."""
    return checked(text, sets).diagnostics


def clean(text: str, sets: dict[str, str] | None = None) -> Session:
    """What a text without mistakes means."""
    compilation = checked(text, sets)
    assert compilation.diagnostics == [], compilation.diagnostics
    assert compilation.resolved is not None
    return compilation.resolved.session
