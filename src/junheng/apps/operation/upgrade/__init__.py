"""Upgrading a site from a bundle: the old state whole or the new state whole, whatever happens.

    HOME/environments/<version>-<moment>/   one virtual environment a version
    HOME/current                            a symbolic link to the one in use

The order of steps, and what a fault or a kill at each of them leaves:

1. check the bundle, install it into a new environment     nothing has changed
2. back up, write down that an upgrade is under way        recovering puts the backup back
3. migrate, verify                                         recovering puts the backup back
4. exchange the link, in one step                          from here on the new state holds
5. forget that an upgrade is under way                     recovering only does this
"""
