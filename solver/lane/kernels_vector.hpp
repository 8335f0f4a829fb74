// Vectors of the lane kernels. Part of kernels_source.hpp: included inside its namespace, once per instruction set
// and precision of the factors.
//
//   V   one double per lane: a native vector, or two of them where the factors are floats
//   M   a mask per lane, all bits set or none, as wide as V
//   F   one number of the factors per lane, always one native vector
//   FM  its mask
#pragma once

typedef double Native __attribute__((vector_size(8 * ARAZ_LANE_WIDTH), may_alias));
typedef std::int64_t NativeMask __attribute__((vector_size(8 * ARAZ_LANE_WIDTH), may_alias));
constexpr int native_width = ARAZ_LANE_WIDTH;

#define ARAZ_INLINE static inline __attribute__((always_inline))

#if ARAZ_LANE_SINGLE
constexpr int W = 2 * native_width;
typedef float Real;
typedef float F __attribute__((vector_size(4 * W), may_alias));
typedef std::int32_t FM __attribute__((vector_size(4 * W), may_alias));

struct V {
    Native lo, hi;
};
struct M {
    NativeMask lo, hi;
};
#define ARAZ_LANE_BINARY(op)                                                            \
    ARAZ_INLINE V operator op(V a, V b) { return {a.lo op b.lo, a.hi op b.hi}; }         \
    ARAZ_INLINE V operator op(double a, V b) { return {a op b.lo, a op b.hi}; }          \
    ARAZ_INLINE V operator op(V a, double b) { return {a.lo op b, a.hi op b}; }
ARAZ_LANE_BINARY(+)
ARAZ_LANE_BINARY(-)
ARAZ_LANE_BINARY(*)
ARAZ_LANE_BINARY(/)
#undef ARAZ_LANE_BINARY
ARAZ_INLINE V operator-(V a) { return {-a.lo, -a.hi}; }
#define ARAZ_LANE_COMPARE(op) \
    ARAZ_INLINE M operator op(V a, V b) { return {a.lo op b.lo, a.hi op b.hi}; }
ARAZ_LANE_COMPARE(<)
ARAZ_LANE_COMPARE(<=)
ARAZ_LANE_COMPARE(>)
ARAZ_LANE_COMPARE(>=)
ARAZ_LANE_COMPARE(==)
#undef ARAZ_LANE_COMPARE
ARAZ_INLINE M operator&(M a, M b) { return {a.lo & b.lo, a.hi & b.hi}; }
ARAZ_INLINE M operator|(M a, M b) { return {a.lo | b.lo, a.hi | b.hi}; }
ARAZ_INLINE M operator~(M a) { return {~a.lo, ~a.hi}; }
ARAZ_INLINE void operator&=(M& a, M b) { a = a & b; }
ARAZ_INLINE void operator|=(M& a, M b) { a = a | b; }

ARAZ_INLINE Native splat_native(double x) { return x - Native{}; }
ARAZ_INLINE V splat(double x) { return {splat_native(x), splat_native(x)}; }
ARAZ_INLINE V at(const double* array, std::ptrdiff_t place) {
    const double* from = array + place * W;
    return {*(const Native*)from, *(const Native*)(from + native_width)};
}
ARAZ_INLINE void put(double* array, std::ptrdiff_t place, V x) {
    double* to = array + place * W;
    *(Native*)to = x.lo;
    *(Native*)(to + native_width) = x.hi;
}
ARAZ_INLINE Native select_native(NativeMask m, Native a, Native b) { return m != 0 ? a : b; }
ARAZ_INLINE V select(M m, V a, V b) { return {select_native(m.lo, a.lo, b.lo), select_native(m.hi, a.hi, b.hi)}; }
ARAZ_INLINE Native absolute_native(Native x) { return (Native)((NativeMask)x & (NativeMask{} + 0x7fffffffffffffffLL)); }
ARAZ_INLINE V absolute(V x) { return {absolute_native(x.lo), absolute_native(x.hi)}; }
ARAZ_INLINE V keep(V x, M m) { return {(Native)((NativeMask)x.lo & m.lo), (Native)((NativeMask)x.hi & m.hi)}; }
ARAZ_INLINE M every_lane() { return {NativeMask{} - 1, NativeMask{} - 1}; }
ARAZ_INLINE double lane_of(V x, int l) { return l < native_width ? x.lo[l] : x.hi[l - native_width]; }
ARAZ_INLINE bool lane_of(M x, int l) { return (l < native_width ? x.lo[l] : x.hi[l - native_width]) != 0; }
#else
constexpr int W = native_width;
typedef double Real;
typedef Native V;
typedef NativeMask M;
typedef Native F;
typedef NativeMask FM;

ARAZ_INLINE V splat(double x) { return x - V{}; }
ARAZ_INLINE V at(const double* array, std::ptrdiff_t place) { return *(const V*)(array + place * W); }
ARAZ_INLINE void put(double* array, std::ptrdiff_t place, V x) { *(V*)(array + place * W) = x; }
ARAZ_INLINE V select(M m, V a, V b) { return m != 0 ? a : b; }
ARAZ_INLINE V absolute(V x) { return (V)((M)x & (M{} + 0x7fffffffffffffffLL)); }
ARAZ_INLINE V keep(V x, M mask) { return (V)((M)x & mask); }
ARAZ_INLINE M every_lane() { return M{} - 1; }
ARAZ_INLINE double lane_of(V x, int l) { return x[l]; }
ARAZ_INLINE bool lane_of(M x, int l) { return x[l] != 0; }
#endif

constexpr std::uint32_t all_lanes = (1U << W) - 1U;

ARAZ_INLINE NativeMask native_lanes_of(std::uint32_t bits) {
    NativeMask bit;
    for (int l = 0; l < native_width; ++l) bit[l] = 1LL << l;
    return ((NativeMask{} + static_cast<std::int64_t>(bits)) & bit) != 0;
}
ARAZ_INLINE std::uint32_t native_bits_of(NativeMask mask) {
#if defined(__AVX512DQ__) && ARAZ_LANE_WIDTH == 8
    return _mm512_movepi64_mask((__m512i)mask);
#elif defined(__AVX2__) && ARAZ_LANE_WIDTH == 4
    return static_cast<std::uint32_t>(_mm256_movemask_pd((__m256d)mask));
#elif defined(__x86_64__) && ARAZ_LANE_WIDTH == 2
    return static_cast<std::uint32_t>(_mm_movemask_pd((__m128d)mask));
#else
    std::uint32_t bits = 0;
    for (int l = 0; l < native_width; ++l) bits |= mask[l] != 0 ? 1U << l : 0U;
    return bits;
#endif
}

#if ARAZ_LANE_SINGLE
/// All bits set in the lanes of `bits`.
ARAZ_INLINE M lanes_of(std::uint32_t bits) { return {native_lanes_of(bits), native_lanes_of(bits >> native_width)}; }
ARAZ_INLINE std::uint32_t bits_of(M mask) { return native_bits_of(mask.lo) | native_bits_of(mask.hi) << native_width; }

ARAZ_INLINE F narrow(V x) {
#if defined(__AVX512DQ__) && ARAZ_LANE_WIDTH == 8
    // The forms with a mask: those without give false alarms in GCC 12 (bug 105593).
    const __m256 lo = _mm512_maskz_cvtpd_ps(0xff, (__m512d)x.lo), hi = _mm512_maskz_cvtpd_ps(0xff, (__m512d)x.hi);
    return (F)__builtin_shufflevector((__v8sf)lo, (__v8sf)hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif defined(__AVX2__) && ARAZ_LANE_WIDTH == 4
    return (F)_mm256_set_m128(_mm256_cvtpd_ps((__m256d)x.hi), _mm256_cvtpd_ps((__m256d)x.lo));
#elif defined(__x86_64__) && ARAZ_LANE_WIDTH == 2
    return (F)_mm_movelh_ps(_mm_cvtpd_ps((__m128d)x.lo), _mm_cvtpd_ps((__m128d)x.hi));
#else
    F y;
    for (int l = 0; l < W; ++l) y[l] = static_cast<float>(lane_of(x, l));
    return y;
#endif
}
ARAZ_INLINE V widen(F x) {
#if defined(__AVX512DQ__) && ARAZ_LANE_WIDTH == 8
    const __m256 lo = (__m256)__builtin_shufflevector((__v16sf)x, (__v16sf)x, 0, 1, 2, 3, 4, 5, 6, 7);
    const __m256 hi = (__m256)__builtin_shufflevector((__v16sf)x, (__v16sf)x, 8, 9, 10, 11, 12, 13, 14, 15);
    return {(Native)_mm512_maskz_cvtps_pd(0xff, lo), (Native)_mm512_maskz_cvtps_pd(0xff, hi)};
#elif defined(__AVX2__) && ARAZ_LANE_WIDTH == 4
    return {(Native)_mm256_cvtps_pd(_mm256_castps256_ps128((__m256)x)), (Native)_mm256_cvtps_pd(_mm256_extractf128_ps((__m256)x, 1))};
#elif defined(__x86_64__) && ARAZ_LANE_WIDTH == 2
    return {(Native)_mm_cvtps_pd((__m128)x), (Native)_mm_cvtps_pd(_mm_movehl_ps((__m128)x, (__m128)x))};
#else
    V y;
    for (int l = 0; l < native_width; ++l) y.lo[l] = x[l], y.hi[l] = x[l + native_width];
    return y;
#endif
}
ARAZ_INLINE F at(const float* array, std::ptrdiff_t place) { return *(const F*)(array + place * W); }
ARAZ_INLINE void put(float* array, std::ptrdiff_t place, F x) { *(F*)(array + place * W) = x; }
ARAZ_INLINE FM factor_lanes_of(std::uint32_t bits) {
    FM bit;
    for (int l = 0; l < W; ++l) bit[l] = 1 << l;
    return ((FM{} + static_cast<std::int32_t>(bits)) & bit) != 0;
}
ARAZ_INLINE std::uint32_t factor_bits_of(FM mask) {
#if defined(__AVX512DQ__) && ARAZ_LANE_WIDTH == 8
    return _mm512_movepi32_mask((__m512i)mask);
#elif defined(__AVX2__) && ARAZ_LANE_WIDTH == 4
    return static_cast<std::uint32_t>(_mm256_movemask_ps((__m256)mask));
#elif defined(__x86_64__) && ARAZ_LANE_WIDTH == 2
    return static_cast<std::uint32_t>(_mm_movemask_ps((__m128)mask));
#else
    std::uint32_t bits = 0;
    for (int l = 0; l < W; ++l) bits |= mask[l] != 0 ? 1U << l : 0U;
    return bits;
#endif
}
ARAZ_INLINE F factor_root(F x) {
#if defined(__AVX512F__) && ARAZ_LANE_WIDTH == 8
    return (F)_mm512_maskz_sqrt_ps(0xffff, (__m512)x);
#elif defined(__AVX2__) && ARAZ_LANE_WIDTH == 4
    return (F)_mm256_sqrt_ps((__m256)x);
#elif defined(__x86_64__) && ARAZ_LANE_WIDTH == 2
    return (F)_mm_sqrt_ps((__m128)x);
#else
    F root;
    for (int l = 0; l < W; ++l) root[l] = __builtin_sqrtf(x[l]);
    return root;
#endif
}
ARAZ_INLINE F absolute(F x) { return (F)((FM)x & (FM{} + 0x7fffffff)); }
ARAZ_INLINE F keep(F x, FM mask) { return (F)((FM)x & mask); }
ARAZ_INLINE F select(FM m, F a, F b) { return m != 0 ? a : b; }
#else
ARAZ_INLINE M lanes_of(std::uint32_t bits) { return native_lanes_of(bits); }
ARAZ_INLINE std::uint32_t bits_of(M mask) { return native_bits_of(mask); }
ARAZ_INLINE F factor_root(F x) {
#if defined(__AVX512F__) && ARAZ_LANE_WIDTH == 8
    return (F)_mm512_maskz_sqrt_pd(0xff, (__m512d)x);
#elif defined(__AVX2__) && ARAZ_LANE_WIDTH == 4
    return (F)_mm256_sqrt_pd((__m256d)x);
#elif defined(__x86_64__) && ARAZ_LANE_WIDTH == 2
    return (F)_mm_sqrt_pd((__m128d)x);
#else
    F root;
    for (int l = 0; l < native_width; ++l) root[l] = __builtin_sqrt(x[l]);
    return root;
#endif
}
ARAZ_INLINE F narrow(V x) { return x; }
ARAZ_INLINE V widen(F x) { return x; }
ARAZ_INLINE FM factor_lanes_of(std::uint32_t bits) { return native_lanes_of(bits); }
ARAZ_INLINE std::uint32_t factor_bits_of(FM mask) { return native_bits_of(mask); }
#endif
