/** Strict reading of bodies and queries. */
@NullMarked
package dev.signalbox.gateway.json;

import org.jspecify.annotations.NullMarked;
