/** The parts of RFC 3986 that the JDK has only in forms that are too lenient. */
@NullMarked
package dev.signalbox.platform.uri;

import org.jspecify.annotations.NullMarked;
