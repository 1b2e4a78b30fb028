"""Who authorizes us, and which page they see."""

from tests.visitors import Page, Person

MING = Person("oMING-0123456789-0123456789")


def is_page(page: Page, status: int, title: str) -> bool:
    return page.status == status and f"<title>{title}</title>" in page.body
