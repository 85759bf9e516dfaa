/** Bitmaps of addresses, which the ledger stores and the map draws. */
@NullMarked
package dev.signalbox.ping.bitmap;

import org.jspecify.annotations.NullMarked;
