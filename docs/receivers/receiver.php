<?php
// A receiver in PHP, without packages: SAYLESS_SIGNING_KEY=whsec_… php -S 0.0.0.0:9000 receiver.php
[$kind, $text] = explode('_', getenv('SAYLESS_SIGNING_KEY'), 2); // whsec_… for v1, whpk_… for v1a
$key = base64_decode($text);
$scheme = $kind === 'whpk' ? 'v1a' : 'v1';

function fits(string $scheme, string $key, string $signed, string $signature): bool
{
    if ($scheme === 'v1a') {
        return strlen($signature) === 64 && sodium_crypto_sign_verify_detached($signature, $signed, $key);
    }
    return hash_equals(hash_hmac('sha256', $signed, $key, true), $signature);
}

function is_from_sayless(string $scheme, string $key, string $body): bool
{
    $id = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!preg_match('/^[0-9]{1,12}$/D', $timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    // While a secret is rotated there are several signatures, and the header may come in several lines: one that fits is enough.
    $all = $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '';
    preg_match_all('/(?:^|[\s,])(v1a?),([A-Za-z0-9+\/=]+)/', $all, $signatures, PREG_SET_ORDER);
    foreach ($signatures as [, $version, $base64]) {
        if ($version === $scheme && fits($scheme, $key, "$id.$timestamp.$body", base64_decode($base64))) {
            return true;
        }
    }
    return false;
}

// The body exactly as it arrived: verify first, parse afterwards.
$body = file_get_contents('php://input');
if (!is_from_sayless($scheme, $key, $body)) {
    http_response_code(401);
    return;
}
$event = json_decode($body);
// The same event may arrive twice: skip a webhook-id that you have seen. Store it, answer, and work afterwards.
error_log($_SERVER['HTTP_WEBHOOK_ID'] . ' ' . $event->type);
http_response_code(204);
