"""What shop people write themselves: pages of text, banners of the home page, menu links, redirects."""
