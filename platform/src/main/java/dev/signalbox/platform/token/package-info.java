/**
 * The file of bearer tokens and client certificates that a gateway reads and the command {@code
 * token} writes.
 */
@NullMarked
package dev.signalbox.platform.token;

import org.jspecify.annotations.NullMarked;
