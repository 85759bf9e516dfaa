/**
 * ping-coordinator: hands the /16 blocks of IPv4 out to volunteers, takes their results in and
 * knows how far the census is.
 */
@NullMarked
package dev.signalbox.ping;

import org.jspecify.annotations.NullMarked;
