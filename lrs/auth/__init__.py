"""Who asks, for which tenant, and what may they do?"""
