"""A review as one HTML page."""

from iamlogic.reports.review.html.page import review_html

__all__ = ["review_html"]
