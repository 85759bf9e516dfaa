/** Questions and answers as bytes and as values; hostile bytes end in a {@code null} or a rule. */
@NullMarked
package dev.signalbox.dnsclient.message;

import org.jspecify.annotations.NullMarked;
