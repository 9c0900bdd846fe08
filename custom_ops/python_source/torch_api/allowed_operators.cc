#include "custom_ops/python_source/torch_api/allowed_operators.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_split.h"

namespace loadstone::python {
namespace {

// Reviewed by name. Left out: what opens files (from_file), takes storages, streams or raw memory (set_, record_stream,
// resize_), trusts indices or packed weights without a look (quantized_*, fbgemm_*, sparse constructors, *_cell and
// lstm, lu_solve, segment_reduce), belongs to one backend (cudnn_*, mkldnn_*), or is of autograd. as_strided stays:
// ATen checks it against the storage's size.

// torch.abs(x) and x.abs().
constexpr char kFunctionsAndMethods[] =
    "abs abs_ absolute acos acos_ acosh acosh_ add addbmm addcdiv addcmul addmm addmv addmv_ addr adjoint all "
    "allclose amax amin aminmax angle any arccos arccos_ arccosh arccosh_ arcsin arcsin_ arcsinh arcsinh_ arctan "
    "arctan2 arctan_ arctanh arctanh_ argmax argmin argsort argwhere as_strided as_strided_ as_strided_scatter asin "
    "asin_ asinh asinh_ atan atan2 atan_ atanh atanh_ baddbmm bernoulli bincount bitwise_and bitwise_left_shift "
    "bitwise_not bitwise_or bitwise_right_shift bitwise_xor bmm broadcast_to ceil ceil_ chunk clamp clamp_ "
    "clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ clone conj conj_physical conj_physical_ copysign corrcoef "
    "cos cos_ cosh cosh_ count_nonzero cov cross cummax cummin cumprod cumsum deg2rad deg2rad_ det detach detach_ "
    "diag diag_embed diagflat diagonal diagonal_scatter diff digamma dist div divide dot dsplit eq equal erf erf_ "
    "erfc erfc_ erfinv exp exp2 exp2_ exp_ expm1 expm1_ fill_ fix fix_ flatten flip fliplr flipud float_power floor "
    "floor_ floor_divide fmax fmin fmod frac frac_ frexp gather gcd gcd_ ge ger greater greater_equal gt hardshrink "
    "heaviside histc hsplit hypot i0 i0_ igamma igammac imag index_add index_copy index_fill index_put index_put_ "
    "index_reduce index_select inner inverse is_complex is_floating_point is_nonzero is_same_size is_signed isclose "
    "isfinite isinf isnan isneginf isposinf isreal istft kron kthvalue lcm lcm_ ldexp ldexp_ le lerp less "
    "less_equal lgamma log log10 log10_ log1p log1p_ log2 log2_ log_ log_softmax logaddexp logaddexp2 logcumsumexp "
    "logdet logical_and logical_not logical_or logical_xor logit logit_ logsumexp lt masked_fill masked_scatter "
    "masked_select matmul matrix_power max maximum mean median min minimum mm mode moveaxis movedim msort mul "
    "multinomial multiply mv nan_to_num nan_to_num_ nanmean nanmedian nanquantile nansum narrow ne neg neg_ "
    "negative negative_ nextafter not_equal outer permute polygamma positive pow prelu prod put quantile "
    "rad2deg rad2deg_ ravel real reciprocal reciprocal_ relu relu_ remainder renorm repeat_interleave reshape "
    "resolve_conj resolve_neg roll rot90 round round_ rsqrt rsqrt_ scatter scatter_add scatter_reduce select "
    "select_scatter sgn sigmoid sigmoid_ sign signbit sin sin_ sinc sinc_ sinh sinh_ slice_scatter slogdet softmax "
    "sort split_with_sizes sqrt sqrt_ square square_ squeeze std sub subtract sum swapaxes swapdims t take "
    "take_along_dim tan tan_ tanh tanh_ tensor_split tile topk trace transpose tril triu true_divide trunc trunc_ "
    "unbind unflatten unsqueeze var vdot vsplit where xlogy xlogy_ zero_ ";

// torch.cat(x) alone.
constexpr char kFunctions[] =
    "adaptive_avg_pool1d adaptive_max_pool1d affine_grid_generator alpha_dropout alpha_dropout_ arange avg_pool1d "
    "bartlett_window batch_norm bilinear binary_cross_entropy_with_logits blackman_window bucketize cat celu celu_ "
    "channel_shuffle column_stack combinations complex concat concatenate constant_pad_nd conv1d conv2d conv3d "
    "conv_tbc conv_transpose1d conv_transpose2d conv_transpose3d cosine_embedding_loss cosine_similarity "
    "cumulative_trapezoid dropout dropout_ dstack embedding embedding_bag empty empty_like eye "
    "feature_alpha_dropout feature_alpha_dropout_ feature_dropout feature_dropout_ fill full full_like grid_sampler "
    "grid_sampler_2d grid_sampler_3d group_norm hamming_window hann_window hinge_embedding_loss hstack "
    "instance_norm isin kaiser_window kl_div layer_norm linspace logspace margin_ranking_loss max_pool1d "
    "max_pool1d_with_indices max_pool2d max_pool3d native_channel_shuffle native_group_norm native_layer_norm "
    "native_norm norm_except_dim normal ones ones_like pairwise_distance pdist pixel_shuffle pixel_unshuffle "
    "poisson poisson_nll_loss polar rand rand_like randint randint_like randn randn_like randperm rms_norm "
    "row_stack rrelu rrelu_ rsub searchsorted selu selu_ stack std_mean threshold threshold_ trapezoid trapz "
    "tril_indices triplet_margin_loss triu_indices vander var_mean view_as_complex view_as_real vstack zeros "
    "zeros_like ";

// x.add_() alone.
constexpr char kMethods[] =
    "absolute_ add_ addbmm_ addcdiv_ addcmul_ addmm_ addr_ arctan2_ atan2_ baddbmm_ bernoulli_ bitwise_and_ "
    "bitwise_left_shift_ bitwise_not_ bitwise_or_ bitwise_right_shift_ bitwise_xor_ contiguous copy_ copysign_ "
    "cumprod_ cumsum_ digamma_ div_ divide_ eq_ erfinv_ expand expand_as exponential_ fill_diagonal_ float_power_ "
    "floor_divide_ fmod_ ge_ greater_ greater_equal_ gt_ heaviside_ hypot_ igamma_ igammac_ index_add_ index_copy_ "
    "index_fill_ index_reduce_ le_ lerp_ less_ less_equal_ lgamma_ logical_and_ logical_not_ logical_or_ "
    "logical_xor_ lt_ masked_fill_ masked_scatter_ mul_ multiply_ ne_ new_empty new_full new_ones new_zeros "
    "nextafter_ normal_ not_equal_ polygamma_ pow_ put_ random_ remainder_ renorm_ repeat reshape_as scatter_ "
    "scatter_add_ scatter_reduce_ sgn_ sign_ squeeze_ sub_ subtract_ swapaxes_ swapdims_ t_ transpose_ tril_ triu_ "
    "true_divide_ type_as unfold uniform_ unsqueeze_ view view_as ";

// What torch.nn.functional, torch.fft and others reach under other names, or with Python code around it.
constexpr char kElsewhere[] =
    "__and__ __iand__ __ilshift__ __ior__ __irshift__ __ixor__ __lshift__ __or__ __rshift__ __xor__ "
    "_pack_padded_sequence _pad_packed_sequence _unique2 _upsample_bicubic2d_aa _upsample_bilinear2d_aa "
    "_upsample_nearest_exact1d _upsample_nearest_exact2d _upsample_nearest_exact3d _weight_norm adaptive_avg_pool2d "
    "adaptive_avg_pool3d adaptive_max_pool2d adaptive_max_pool3d alias atleast_1d atleast_2d atleast_3d avg_pool2d "
    "avg_pool3d binary_cross_entropy block_diag broadcast_tensors cartesian_prod cdist chain_matmul col2im "
    "cross_entropy_loss einsum elu elu_ fft_fft fft_fft2 fft_fftfreq fft_fftn fft_fftshift fft_hfft fft_hfft2 "
    "fft_hfftn fft_ifft fft_ifft2 fft_ifftn fft_ifftshift fft_ihfft fft_ihfft2 fft_ihfftn fft_irfft fft_irfft2 "
    "fft_irfftn fft_rfft fft_rfft2 fft_rfftfreq fft_rfftn gelu gelu_ glu hardsigmoid hardsigmoid_ hardswish "
    "hardswish_ hardtanh hardtanh_ huber_loss im2col index is_contiguous l1_loss leaky_relu leaky_relu_ "
    "linalg_cholesky linalg_cholesky_ex linalg_cond linalg_cross linalg_det linalg_diagonal linalg_eig linalg_eigh "
    "linalg_eigvals linalg_eigvalsh linalg_inv linalg_inv_ex linalg_lstsq linalg_lu linalg_lu_factor "
    "linalg_lu_factor_ex linalg_matmul linalg_matrix_exp linalg_matrix_norm linalg_matrix_power linalg_matrix_rank "
    "linalg_multi_dot linalg_norm linalg_pinv linalg_qr linalg_slogdet linalg_solve linalg_solve_ex "
    "linalg_solve_triangular linalg_svd linalg_svdvals linalg_tensorinv linalg_tensorsolve linalg_vander "
    "linalg_vecdot linalg_vector_norm linear log_sigmoid max_pool2d_with_indices max_pool3d_with_indices "
    "max_unpool2d max_unpool3d meshgrid mish mish_ mse_loss multi_margin_loss multilabel_margin_loss nll_loss "
    "nll_loss2d nonzero nonzero_numpy norm one_hot pad pad_sequence reflection_pad1d reflection_pad2d "
    "reflection_pad3d relu6 relu6_ "
    "replication_pad1d replication_pad2d replication_pad3d scaled_dot_product_attention silu silu_ slice "
    "smooth_l1_loss soft_margin_loss softplus softshrink special_bessel_j0 special_bessel_j1 special_bessel_y0 "
    "special_bessel_y1 special_chebyshev_polynomial_t special_chebyshev_polynomial_u special_chebyshev_polynomial_v "
    "special_chebyshev_polynomial_w special_digamma special_entr special_erf special_erfc special_erfcx "
    "special_erfinv special_exp2 special_expit special_expm1 special_gammainc special_gammaincc special_gammaln "
    "special_hermite_polynomial_h special_hermite_polynomial_he special_i0 special_i0e special_i1 special_i1e "
    "special_laguerre_polynomial_l special_legendre_polynomial_p special_log1p special_log_ndtr special_log_softmax "
    "special_logit special_logsumexp special_modified_bessel_i0 special_modified_bessel_i1 "
    "special_modified_bessel_k0 special_modified_bessel_k1 special_multigammaln special_ndtr special_ndtri "
    "special_polygamma special_psi special_round special_scaled_modified_bessel_k0 "
    "special_scaled_modified_bessel_k1 special_shifted_chebyshev_polynomial_t "
    "special_shifted_chebyshev_polynomial_u special_shifted_chebyshev_polynomial_v "
    "special_shifted_chebyshev_polynomial_w special_sinc special_softmax special_spherical_bessel_j0 "
    "special_xlog1py special_xlogy special_zeta split stft tensordot to unique_consecutive unique_dim "
    "upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d upsample_nearest2d "
    "upsample_nearest3d upsample_trilinear3d ";

}  // namespace

const absl::flat_hash_map<std::string, OperatorPlace>& AllowedOperators() {
  static const auto* const kPlaces = [] {
    auto* places = new absl::flat_hash_map<std::string, OperatorPlace>();
    const auto add = [places](absl::string_view names, OperatorPlace place) {
      for (const absl::string_view name : absl::StrSplit(names, ' ', absl::SkipEmpty())) {
        places->emplace(std::string(name), place);
      }
    };
    add(kFunctionsAndMethods, {.function = true, .method = true});
    add(kFunctions, {.function = true});
    add(kMethods, {.method = true});
    add(kElsewhere, {});
    return places;
  }();
  return *kPlaces;
}

}  // namespace loadstone::python
