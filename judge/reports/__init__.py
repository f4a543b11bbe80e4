"""A verdict as text: for people, for continuous integration, as a picture. Reports print and decide nothing."""
