/** Asks resolvers in order, repeatedly, until one answers. */
@NullMarked
package dev.signalbox.dnsclient.resolver;

import org.jspecify.annotations.NullMarked;
