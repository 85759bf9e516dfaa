/**
 * Decides which network addresses a service may contact on a stranger's behalf: on the bytes of the
 * address that will be connected to, never on the text of a name.
 */
@NullMarked
package dev.signalbox.platform.guard;

import org.jspecify.annotations.NullMarked;
