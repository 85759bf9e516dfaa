/** Who may call what: bearer tokens, client certificates and their roles. */
@NullMarked
package dev.signalbox.gateway.access;

import org.jspecify.annotations.NullMarked;
