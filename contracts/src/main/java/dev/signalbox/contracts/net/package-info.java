/**
 * Addresses and blocks of addresses as text and bits, and the blocks that are not the public
 * internet. It belongs to no service: whatever judges an address, here or at a volunteer's, judges
 * by these.
 */
@NullMarked
package dev.signalbox.contracts.net;

import org.jspecify.annotations.NullMarked;
