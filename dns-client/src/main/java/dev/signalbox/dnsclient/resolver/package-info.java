/** Whom to ask, and how often, until a question is answered. */
@NullMarked
package dev.signalbox.dnsclient.resolver;

import org.jspecify.annotations.NullMarked;
